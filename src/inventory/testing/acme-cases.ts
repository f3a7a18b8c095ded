import { type Case, GUIDE } from './cases.js';
import { PUBLIC_KEY } from './context.js';

const DOMAINS = 'domains: [{name: example.com}]';
const line = (domain: string, acme = '') =>
  `${GUIDE.replace(DOMAINS, `domains: [{name: example.com${domain}}]`)}${acme}`;
/** Line 5: the guide's domain by ACME; line 11: the server. */
const acme = (fields: string, domain = ', tls: acme') => line(domain, `acme: {email: me@home.org${fields}}\n`);
const email = (text: string, more = '') => line(', tls: acme', `acme: {email: ${text}${more}}\n`);
const dns01 = (solver: string) => acme(`, dns01: {${solver}}`);

const CLOUDFLARE = 'cloudflare: {apiTokenSecretRef: {name: cloudflare, key: token}}';

/** Every field of certificates by ACME; `ca.pem` is an authority's. */
export const ACME = acme(
  `, server: "https://10.0.0.9:14000/dir", caFile: ca.pem, dns01: {${CLOUDFLARE}}`,
  ', tls: acme, wildcard: true',
);

export const ACME_CASES: readonly Case[] = [
  ['no fault', acme(''), []],
  ['no fault in a wildcard', ACME, []],
  ['no server', line(', tls: acme'), ['acme-without-email 5:36']],
  ['an unknown authority', line(', tls: letsencrypt'), ['unknown-value 5:36']],
  ['no address', line(', tls: acme', 'acme: {}\n'), ['missing-field 11:7']],
  ['no domain', acme('', ''), ['unused-acme? 11:1']],
  ['a name as an address', email('me'), ['bad-email 11:15']],
  ['a link as an address', email('"mailto:me@home.org"'), ['bad-email 11:15']],
  ['two addresses', email('"a@home.org,b@home.org"'), ['bad-email 11:15']],
  ['an address without a domain', email('me@home'), ['bad-email 11:15']],
  ['an address of the examples', email('me@example.com'), ['example-email? 11:15']],
  ['an address of the examples at a server of one’s own', email('me@example.com', ', server: "https://acme.lan"'), []],
  ['a server without TLS', acme(', server: "http://acme.lan/dir"'), ['bad-url 11:36']],
  ['a server without a scheme', acme(', server: acme.lan'), ['bad-url 11:36']],
  ['a missing authority', acme(', caFile: none.pem'), ['acme-file 11:36']],
  ['an authority that is none', acme(', caFile: id.pub'), ['acme-file 11:36']],
  [
    'a name that nobody owns',
    acme('').replace('name: example.com', 'name: shop.home.arpa'),
    ['acme-private-domain 5:18'],
  ],
  [
    'a name that nobody owns, at a server of one’s own',
    acme(', server: "https://acme.lan"').replace('name: example.com', 'name: shop.lan'),
    [],
  ],
  ['a wildcard without DNS', acme('', ', tls: acme, wildcard: true'), ['wildcard-without-dns01 5:52']],
  ['a wildcard of one’s own', line(', wildcard: true'), ['unused-wildcard? 5:31']],
  [
    'a wildcard without a server',
    line(', tls: acme, wildcard: true'),
    ['acme-without-email 5:36', 'wildcard-without-dns01 5:52'],
  ],
  ['no ingress', `${acme('')}ingress: {controller: none}\n`, ['acme-without-ingress 5:36']],
  ['no DNS provider', dns01('cnameStrategy: Follow'), ['dns01-provider 11:35']],
  ['an unknown DNS provider', dns01('cloudflair: {}'), ['unknown-option 11:36']],
  [
    'two DNS providers',
    dns01(`${CLOUDFLARE}, acmeDNS: {host: a, accountSecretRef: {name: b}}`),
    ['dns01-provider 11:101'],
  ],
  ['a provider without credentials', dns01('digitalocean: {}'), ['missing-field 11:50']],
  ['a misspelt field of a provider', dns01('cloudflare: {apiToken: x}'), ['unknown-option 11:49']],
  ['a wrong type in a provider', dns01('cloudflare: {email: 5}'), ['bad-option 11:56']],
  ['a wrong choice in a provider', dns01('rfc2136: {nameserver: "10.0.0.1", protocol: ICMP}'), ['bad-option 11:80']],
  ['an item of a wrong type', dns01('webhook: {groupName: a, solverName: b, config: {any: [1, {x: y}]}}'), []],
];

/** What {@link ACME} reads beside itself; the authority is the test's to make. */
export const acmeFiles = (authority: string) => ({ 'id.pub': `${PUBLIC_KEY}\n`, 'ca.pem': authority });
