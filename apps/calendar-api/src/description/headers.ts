/** The headers that a client reads or sends. */
import type { Header } from '@glasshouse/shared/openapi'
import { z } from 'zod'

const entityTag = z.string().meta({ pattern: '^"[\\x21\\x23-\\x7e]*"$', examples: ['"bXlldGFn"'] })
const text = z.string()

/** RFC 6750 §3. @param required whether every such answer has it */
export function challenge(required: boolean): Header {
  return {
    description:
      'A bearer challenge (RFC 6750 §3). `resource_metadata` leads to the metadata that names the authorization server ' +
      '(RFC 9728 §5.1); `scope` says what is missing.',
    required,
    schema: text.meta({ pattern: '^Bearer .*resource_metadata="' }),
  }
}

export const entityHeaders = {
  etag: {
    description: 'The tag of this version of the event (RFC 9110 §8.8.3), for `If-Match` and `If-None-Match`.',
    required: true,
    schema: entityTag,
  },
  location: {
    description: 'The address of the new event.',
    required: true,
    schema: text.meta({ format: 'uri' }),
  },
  retryAfter: {
    description: 'After how many seconds to try again (RFC 9110 §10.2.3).',
    required: true,
    schema: text.meta({ pattern: '^[0-9]+$', examples: ['1'] }),
  },
  accept: {
    description: 'The media types that are supported (RFC 9110 §12.5.1).',
    required: false,
    schema: text,
  },
  acceptEncoding: {
    description: 'The content codings that are supported (RFC 9110 §12.5.3).',
    required: false,
    schema: text,
  },
  acceptPatch: {
    description: 'The media types that PATCH supports (RFC 5789 §3.1).',
    required: false,
    schema: text,
  },
} satisfies Record<string, Header>

const condition = z.string().meta({ examples: ['"bXlldGFn"'] })

const ifMatch = condition
  .optional()
  .describe('Only if the event still has this tag (RFC 9110 §13.1.1), so that no change of somebody else is lost.')

/** For GET. */
export const readConditions = z.object({
  'If-Match': ifMatch,
  'If-None-Match': condition
    .optional()
    .describe(
      'Only if the event no longer has this tag (RFC 9110 §13.1.2); otherwise the answer is 304 without a body.',
    ),
})

/** For PUT, PATCH and DELETE. */
export const writeConditions = z.object({
  'If-Match': ifMatch,
  'If-None-Match': condition.optional().describe('Only if the event does not have this tag (RFC 9110 §13.1.2).'),
})

/** For the stream of changes. */
export const resumption = z.object({
  'Last-Event-ID': z
    .string()
    .optional()
    .describe(
      'The `id` of the last event that you have received. If nothing has changed since, the stream is quiet at first; otherwise, and ' +
        'without this header, it begins with an event.',
    )
    .meta({ examples: ['42'] }),
})
