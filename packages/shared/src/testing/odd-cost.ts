/** Measures what malformed requests cost a service in this process: CPU time, and memory that is not released. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { costOf } from './cost'
import { sendOdd } from './odd-answers'
import { type Endpoint, type OddRequest, oddExamples, oddRequests, oddRuns } from './odd-requests'

const REQUESTS = 100
/** CPU time of this process, which includes the service. */
const ANSWERED_WITHIN_MS = 100
/** Ten kilobytes left behind by each request would exceed this. */
const MAY_GROW_BYTES = 1024 * 1024
/** Memory may be released late, so it is enough if one of this many rounds leaves nothing behind. */
const ROUNDS = 6

/** @throws Error if an answer takes more than 100 ms of CPU time, or if every hundred requests leave memory behind */
export async function checkOddCost(origin: string, endpoint: Endpoint): Promise<void> {
  const { seed } = oddRuns(REQUESTS)
  const sample = [...oddExamples(endpoint).flat(), ...fc.sample(oddRequests(endpoint), { seed, numRuns: REQUESTS })]
  let before = Number.NEGATIVE_INFINITY
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS && least > MAY_GROW_BYTES; round++) {
    for (const sent of sample) await answerInTime(origin, sent)
    const now = bytesInUse()
    least = Math.min(least, now - before)
    before = now
  }
  if (least > MAY_GROW_BYTES) {
    throw new Error(`each ${sample.length} requests to ${endpoint.method} ${endpoint.path} leave ${least} bytes behind`)
  }
}

async function answerInTime(origin: string, sent: OddRequest): Promise<void> {
  const ms = await costOf(() => sendOdd(origin, sent), ANSWERED_WITHIN_MS)
  if (ms > ANSWERED_WITHIN_MS) {
    throw new Error(`${sent.method} ${sent.path.slice(0, 200)} takes ${Math.round(ms)} ms`)
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

function bytesInUse(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
