/** What the API says about itself, apart from this description: its metadata (RFC 9728) and whether it works. */
import { z } from 'zod'

const uri = z.string().meta({ format: 'uri' })

/** RFC 9728 §2, in its order. */
export const resourceMetadata = z
  .object({
    resource: uri.describe('The protected resource: this API, or the one whose address follows the well-known path.'),
    authorization_servers: z.array(uri).describe('Who issues access tokens for it.'),
    scopes_supported: z.array(z.string()),
    bearer_methods_supported: z.array(z.string()),
    resource_name: z.string(),
    resource_documentation: uri,
  })
  .describe('Protected resource metadata (RFC 9728).')

export type ResourceMetadata = z.infer<typeof resourceMetadata>

export const health = z
  .object({ status: z.enum(['ok', 'unavailable']), warning: z.string().optional() })
  .describe('Whether this copy of the service works.')

export const openApi = z
  .looseObject({ openapi: z.string(), info: z.looseObject({ title: z.string() }) })
  .describe('An OpenAPI document.')
