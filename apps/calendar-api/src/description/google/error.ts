/** How a request is refused at Google's addresses: the form of Google's APIs. */
import type { Response } from '@glasshouse/shared/openapi'
import { z } from 'zod'
import { formatGoogleError } from '../../endpoints/google/errors'
import { Problem } from '../../problem'
import { challenge } from '../headers'
import { type ProblemBody, problemResponses } from '../problem'

export const googleError = z
  .object({
    error: z.object({
      code: z.int().describe('The status.'),
      message: z.string().describe('What is wrong, and what to do about it.'),
      errors: z.array(
        z.object({
          domain: z.string(),
          reason: z.string().describe('Identifies the kind of error. Clients compare it.'),
          message: z.string(),
          locationType: z.enum(['parameter', 'header']).optional(),
          location: z.string().describe('The parameter or the header that is wrong.').optional(),
        }),
      ),
      status: z.string().describe('The name in google.rpc.Code.').optional(),
    }),
  })
  .describe('Why the request was refused, in the form of Google’s APIs.')

/** @returns the responses of `problemResponses`, as Google's addresses give them */
export function googleResponses(resource: string): Record<string, Response> {
  // The stream of changes is not among Google's addresses.
  const { TooManyRequests: _, ...responses } = problemResponses(resource)
  const named = Object.entries(responses).map(([name, response]) => {
    const problems = Object.values(response.content?.['application/problem+json']?.examples ?? {})
    const examples = problems.map(({ summary, value }, index) => {
      const { status, detail, errors, requestId } = value as ProblemBody
      const problem = new Problem(status, detail, errors && { errors })
      return [`example${index + 1}`, { summary, value: JSON.parse(formatGoogleError(problem, requestId)) }] as const
    })
    const content = { 'application/json': { schema: 'GoogleError', examples: Object.fromEntries(examples) } }
    // A calendar that cannot be deleted, or one too many, is refused without a challenge: no other token would help.
    const headers = name === 'Forbidden' && { headers: { 'WWW-Authenticate': challenge(false) } }
    return [`Google${name}`, { ...response, ...headers, content }] as const
  })
  return Object.fromEntries(named)
}
