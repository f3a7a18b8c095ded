import { mirrorServer } from './mirror-files.js';

// The artefact mirror, a program of its own: `node mirror-server.js FOLDER PORT`.
const [folder = '', port = ''] = process.argv.slice(2);
mirrorServer(folder).listen(Number(port));
