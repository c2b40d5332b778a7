// node's HTTP/2 client against a proxy: node http2.mjs PORT. Prints what went wrong, and "done".
import http2 from 'node:http2';

const session = http2.connect(`http://127.0.0.1:${process.argv[2]}`);
const body = '{"x":[1,2,3]}';

function ask(path, headers, send) {
  return new Promise((resolve) => {
    const stream = session.request({ ':method': 'POST', ':path': path, ...headers });
    let answer = '';
    let status = 0;
    stream.setEncoding('utf8');
    stream.on('response', (head) => (status = head[':status']));
    stream.on('data', (part) => (answer += part));
    stream.on('error', (error) => resolve({ status, answer, error: error.code }));
    stream.on('end', () => resolve({ status, answer, ended: true }));
    stream.on('close', () => resolve({ status, answer, closed: stream.rstCode }));
    send(stream);
  });
}

const ways = {
  end: (s) => s.end(body),
  'write, then end': (s) => { s.write(body); s.end(); },
  'write, end at the answer': (s) => { s.write(body); s.on('response', () => s.end()); },
  'write, end later': (s) => { s.write(body, () => setTimeout(() => s.end(), 30)); },
  halves: (s) => { s.write(body.slice(0, 5)); setImmediate(() => s.end(body.slice(5))); },
  'byte by byte': (s) => { for (const c of body) s.write(c); s.end(); },
};

const length = { 'content-length': body.length };
for (const path of ['/echo', '/slow']) {
  for (const [name, send] of Object.entries(ways)) {
    for (const headers of [{}, length]) {
      if (headers !== length && name === 'write, end at the answer') continue;
      const got = await ask(path, headers, send);
      if (got.status !== 200 || got.answer !== body || !got.ended)
        console.log(`${path} ${name} ${JSON.stringify(headers)}: ${JSON.stringify(got)}`);
    }
  }
}
const broken = await ask('/broken', length, ways.end);
if (broken.ended || broken.error !== 'ERR_HTTP2_STREAM_ERROR')
  console.log(`/broken: ${JSON.stringify(broken)}`);
console.log('done');
session.close();
