/** How every request is refused: a problem document (RFC 9457), and the headers that say what a client can do about it. */
import type { Response } from '@glasshouse/shared/openapi'
import { z } from 'zod'
import { challenge, entityHeaders } from './headers'

const detail = z.string().describe('What is wrong, and what to do about it.')

export const problem = z
  .object({
    type: z
      .string()
      .describe('Identifies the kind of problem, and leads to its explanation. Without it, the status says it all.')
      .meta({ format: 'uri' })
      .optional(),
    title: z.string(),
    status: z.int(),
    detail,
    errors: z
      .array(
        z.union([
          z.object({ pointer: z.string().describe('A JSON Pointer into the body (RFC 6901 §6).'), detail }),
          z.object({ parameter: z.string().describe('A parameter of the query.'), detail }),
          z.object({
            line: z.int().describe('Of the iCalendar file, from 1.'),
            uid: z.string().describe('The UID of the event.').optional(),
            property: z.string().describe('The name of the property.').optional(),
            detail,
          }),
        ]),
      )
      .describe('The invalid fields.')
      .optional(),
    requestId: z.string().describe('With 5xx: the operator finds the cause in the log under this id.').optional(),
  })
  .describe('Why the request was refused (RFC 9457).')

export type ProblemBody = z.infer<typeof problem>

function refusal(
  description: string,
  headers: Response['headers'],
  ...examples: [ProblemBody, ...ProblemBody[]]
): Response {
  const named = examples.map((value, index) => [`example${index + 1}`, { summary: value.title, value }] as const)
  return {
    description,
    ...(headers && { headers }),
    content: { 'application/problem+json': { schema: 'Problem', examples: Object.fromEntries(named) } },
  }
}

/** @param resource this API's own address, which is part of a problem's type */
export function problemResponses(resource: string): Record<string, Response> {
  const { retryAfter, accept, acceptEncoding, acceptPatch } = entityHeaders
  return {
    BadRequest: refusal(
      'A parameter, a field or the Authorization header is invalid. `errors` names the field.',
      { 'WWW-Authenticate': challenge(false) },
      {
        title: 'Bad Request',
        status: 400,
        detail: 'timeMax must be after timeMin.',
        errors: [{ parameter: 'timeMax', detail: 'must be after timeMin' }],
      },
      {
        title: 'Bad Request',
        status: 400,
        detail: 'end/date must be after start/date, because it is the day after the last day.',
        errors: [
          { pointer: '#/end/date', detail: 'must be after start/date, because it is the day after the last day' },
        ],
      },
    ),
    Unauthorized: refusal(
      'There is no access token, or it is not valid: expired, withdrawn, or issued for another API.',
      { 'WWW-Authenticate': challenge(true) },
      {
        title: 'Unauthorized',
        status: 401,
        detail: 'There is no access token. Send one in the Authorization header.',
      },
      { title: 'Unauthorized', status: 401, detail: 'The access token was rejected. It has expired.' },
    ),
    Forbidden: refusal(
      'The access token does not have the scope, or belongs to no user.',
      { 'WWW-Authenticate': challenge(true) },
      {
        title: 'Forbidden',
        status: 403,
        detail: 'This request needs the scope calendar.write, which the access token does not have.',
      },
    ),
    NotFound: refusal('There is nothing at this address, or it belongs to another user.', undefined, {
      title: 'Not Found',
      status: 404,
      detail: 'This calendar has no event with this id.',
    }),
    Conflict: refusal('An event with the chosen id already exists.', undefined, {
      title: 'Conflict',
      status: 409,
      detail: 'An event with this id already exists. Choose another id, or omit it.',
    }),
    Gone: refusal(
      'The sync token or `updatedMin` is too old, or the token is of another calendar. Get the whole list again.',
      undefined,
      {
        title: 'Gone',
        status: 410,
        detail:
          'The sync token is more than 90 days old. Omit syncToken to get the whole list, then use its nextSyncToken.',
      },
    ),
    PreconditionFailed: refusal('`If-Match` or `If-None-Match` does not hold.', undefined, {
      title: 'Precondition Failed',
      status: 412,
      detail: 'The event has changed since you read it. Read it again, then repeat your change.',
    }),
    ContentTooLarge: refusal('The body is too large.', undefined, {
      title: 'Payload Too Large',
      status: 413,
      detail: 'The body is larger than 100 kB. Send less.',
    }),
    UnsupportedMediaType: refusal(
      'The type or the encoding of the body is not supported. A header says which ones are.',
      { Accept: accept, 'Accept-Encoding': acceptEncoding, 'Accept-Patch': acceptPatch },
      {
        title: 'Unsupported Media Type',
        status: 415,
        detail: 'This Content-Type is not supported. Send application/json.',
      },
    ),
    TooManyRequests: refusal(
      'This user has too many streams open. `Retry-After` says when to try again.',
      { 'Retry-After': retryAfter },
      {
        title: 'Too Many Requests',
        status: 429,
        detail: 'This user has 20 streams open already. Close one first.',
      },
    ),
    InternalServerError: refusal('A fault of this API.', undefined, {
      title: 'Internal Server Error',
      status: 500,
      detail: 'Something went wrong in this API. Try again later. The log contains the cause under this request id.',
      requestId: '6f1c0d5e',
    }),
    ServiceUnavailable: refusal(
      'This API cannot reach its data or the authorization server. `Retry-After` says when to try again.',
      { 'Retry-After': retryAfter },
      {
        type: `${resource}/#authorization-server-unavailable`,
        title: 'Authorization Server Unavailable',
        status: 503,
        detail:
          'This API cannot reach the authorization server, so it cannot tell whether the access token was withdrawn. ' +
          'It accepts no token until it can. Try again in a second.',
        requestId: '6f1c0d5e',
      },
      {
        title: 'Service Unavailable',
        status: 503,
        detail: 'The calendar cannot reach its data right now. Try again in a few seconds.',
        requestId: '6f1c0d5e',
      },
    ),
  }
}
