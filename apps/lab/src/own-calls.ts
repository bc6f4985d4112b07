/** Calls that the Lab makes on a learner's behalf. The service reports them like any other, and they land in the learner's run. */
import { formatTraceparent, newSpanId } from '@glasshouse/shared/lab/trace'
import { LAB_AGENT } from './capture/parties'

const NO_ANSWER_AFTER_MS = 5_000

export interface OwnCall {
  response: Response
  /** The id of this exchange in the record. */
  exchange: string
}

/**
 * @param url always one of the addresses of the three services with a path that the code names
 * @param traceId of an exchange of the learner's run: what has the same trace belongs to the same run
 */
export async function callService(url: string, traceId: string, init: RequestInit = {}): Promise<OwnCall> {
  const exchange = newSpanId()
  const response = await fetch(url, {
    ...init,
    headers: {
      'User-Agent': LAB_AGENT,
      ...init.headers,
      traceparent: formatTraceparent({ traceId, spanId: exchange }),
    },
    redirect: 'manual',
    signal: AbortSignal.timeout(NO_ANSWER_AFTER_MS),
  })
  return { response, exchange }
}
