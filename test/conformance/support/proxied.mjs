// A request as a balancer forwards it, with the PROXY protocol (version 1) in front: node proxied.mjs FROM TO CLIENT HOST
import { connect } from 'node:net';

const [from, to, client, host] = process.argv.slice(2);
const socket = connect({ host: to, port: 80, localAddress: from });
socket.write(`PROXY TCP4 ${client} ${to} 40000 80\r\nGET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
socket.pipe(process.stdout);
socket.on('error', ({ message }) => console.log(message));
socket.setTimeout(10_000, () => socket.destroy());
