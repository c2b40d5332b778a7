// Models that answer with what they were sent, in each way that an upstream may speak: http, https,
// h2c, and HTTP/2 by TLS. Prints their ports in that order, and ends with its standard input.
'use strict';
const fs = require('fs');
const http = require('http');
const http2 = require('http2');
const https = require('https');

const [cert, key] = process.argv.slice(2).map((file) => fs.readFileSync(file));

function answer(request, response) {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    response.setHeader('x-seen-bytes', String(body.length));
    response.setHeader('x-seen-http', request.httpVersion);
    response.setHeader('x-seen-method', request.method);
    if (request.headers['x-length'] === 'known') {
      response.setHeader('content-length', String(body.length));
    }
    // In two parts, so that it has no length but what was just said.
    response.write(body.subarray(0, body.length >> 1));
    response.end(body.subarray(body.length >> 1));
  });
  request.on('error', () => {});
}

const servers = [
  http.createServer(answer),
  https.createServer({ cert, key }, answer),
  http2.createServer(answer),
  http2.createSecureServer({ cert, key }, answer),
];
for (const server of servers) {
  // A machine under load must not make a request meet a close on its way.
  server.keepAliveTimeout = 600000;
}
Promise.all(
  servers.map(
    (server) =>
      new Promise((resolve) => {
        server.listen(0, '127.0.0.1', () => resolve(server.address().port));
      }),
  ),
).then((ports) => console.log(ports.join(' ')));
process.stdin.on('end', () => process.exit(0)).resume();
