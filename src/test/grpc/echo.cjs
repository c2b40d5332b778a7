// A gRPC server and client of others' making: node echo.cjs MODULES serve | node echo.cjs MODULES call PORT
// The server prints its port, then a line for each call that it has answered. The client prints a line for
// each call that went wrong, then how many there were.
const path = require('path')
const [modules, mode, port] = process.argv.slice(2)
const load = name => require(path.resolve(modules, 'node_modules', name))
const grpc = load('@grpc/grpc-js')
const proto = load('@grpc/proto-loader').loadSync(path.join(__dirname, 'echo.proto'))
const { Echo } = grpc.loadPackageDefinition(proto).echo

function serve() {
  const server = new grpc.Server()
  server.addService(Echo.service, {
    Unary({ request }, answer) {
      console.log('Unary')
      if (request.text === 'unknown') answer({ code: grpc.status.NOT_FOUND, details: 'none such' })
      else answer(null, { text: request.text, number: request.number + 1 })
    },
    Down(call) {
      for (let i = 0; i < call.request.number; i++) call.write({ number: i })
      console.log('Down')
      call.end()
    },
    Up(call, answer) {
      let sum = 0
      call.on('data', note => { sum += note.number })
      call.on('end', () => { console.log('Up'); answer(null, { number: sum }) })
    },
    Both(call) {
      call.on('data', note => call.write({ number: 2 * note.number }))
      call.on('end', () => { console.log('Both'); call.end() })
    },
  })
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (fault, bound) => {
    if (fault) throw fault
    console.log(bound)
  })
}

async function call() {
  const client = new Echo(`127.0.0.1:${port}`, grpc.credentials.createInsecure())
  const until = () => ({ deadline: Date.now() + 30_000 })
  let calls = 0
  const expect = (what, is, wanted) => {
    calls++
    if (is !== wanted) console.log(`${what}: ${is} (expected ${wanted})`)
  }
  const unary = (text, number, wanted) => new Promise(done =>
    client.Unary({ text, number }, until(), (fault, note) => {
      expect('Unary', fault ? `${fault.code} ${fault.details}` : note.number, wanted)
      done()
    }))
  const down = number => new Promise(done => {
    let parts = 0
    const stream = client.Down({ number }, until())
    stream.on('data', () => parts++).on('error', () => {})
    stream.on('status', status => { expect('Down', `${status.code} ${parts}`, `0 ${number}`); done() })
  })
  const up = number => new Promise(done => {
    const stream = client.Up(until(), (fault, note) => {
      expect('Up', fault ? fault.details : note.number, number * (number - 1) / 2)
      done()
    })
    for (let i = 0; i < number; i++) stream.write({ number: i })
    stream.end()
  })
  // Each part is sent once the one before it is answered: nothing on the way may wait for the end.
  const both = number => new Promise(done => {
    let parts = 0
    const stream = client.Both(until())
    stream.on('data', () => (++parts < number ? stream.write({ number: parts }) : stream.end()))
    stream.on('error', () => {})
    stream.on('status', status => { expect('Both', `${status.code} ${parts}`, `0 ${number}`); done() })
    stream.write({ number: 0 })
  })
  for (let i = 0; i < 3; i++) {
    await unary('note', i, i + 1)
    await unary('unknown', i, '5 none such')
    await down(50)
    await down(0)
    await up(20)
    await both(5)
  }
  await Promise.all(Array.from({ length: 30 }, (unused, i) => unary('at once', i, i + 1)))
  console.log(calls)
  client.close()
}

if (mode === 'serve') serve()
else call()
