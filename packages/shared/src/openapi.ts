/**
 * Builds an OpenAPI 3.1 document from Zod schemas. Zod itself writes the JSON Schema (draft 2020-12, which OpenAPI 3.1
 * uses), so this file only puts the parts in their places. What an API says about itself is in its own `description/`.
 */
import { z } from 'zod'

export type Json = Record<string, unknown>

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** A body: the name of one of the schemas, and at least one example by name. */
export interface Content {
  schema: string
  examples: Record<string, { summary: string; value: unknown }>
}

export interface Header {
  description: string
  /** Whether every such response has it. */
  required: boolean
  schema: z.ZodType
}

export interface Response {
  description: string
  headers?: Record<string, Header>
  /** By media type. A response without it has no body. */
  content?: Record<string, Content>
}

export interface Operation {
  operationId: string
  summary: string
  description?: string
  tags: string[]
  /** Alternatives: each names security schemes with the scopes that are needed. None at all: `[]`. */
  security: Record<string, string[]>[]
  /** Each member of an object is a parameter, with the description of its schema. */
  parameters?: Partial<Record<'path' | 'query' | 'header', z.ZodObject>>
  requestBody?: { description?: string; required: boolean; content: Record<string, Content> }
  /** By status: a response, or the name of one of the document's `responses`. */
  responses: Record<number, Response | string>
}

export interface Description {
  info: { title: string; version: string; summary: string; description: string; license: Json }
  /** The service's own origin. */
  server: string
  tags: { name: string; description: string }[]
  securitySchemes: Record<string, Json>
  /** By name. Schemas that use each other must be in here, so that the document refers to them by name. */
  schemas: Record<string, z.ZodType>
  /** Responses that several operations share. */
  responses: Record<string, Response>
  /** By path, with its parameters in braces: `/calendar/events/{id}`. */
  paths: Record<string, Partial<Record<Method, Operation>>>
}

/** @returns the document (https://spec.openapis.org/oas/v3.1.1), ready to be sent as JSON */
export function openApiDocument(description: Description): Json {
  const { info, server, tags, securitySchemes, schemas, responses, paths } = description
  return {
    openapi: '3.1.1',
    info,
    servers: [{ url: server }],
    tags,
    paths: mapValues(paths, operations => mapValues(operations, formatOperation)),
    components: {
      securitySchemes,
      schemas: namedSchemas(schemas),
      responses: mapValues(responses, formatResponse),
    },
  }
}

function formatOperation({ parameters = {}, requestBody, responses, ...operation }: Operation): Json {
  const listed = Object.entries(parameters).flatMap(([place, object]) => parametersOf(place, object))
  return {
    ...operation,
    ...(listed.length > 0 && { parameters: listed }),
    ...(requestBody && { requestBody: { ...requestBody, content: mapValues(requestBody.content, formatContent) } }),
    responses: mapValues(responses, response =>
      typeof response === 'string' ? { $ref: `#/components/responses/${response}` } : formatResponse(response),
    ),
  }
}

function parametersOf(place: string, object: z.ZodObject): Json[] {
  return Object.entries<z.ZodType>(object.shape).map(([name, type]) => {
    const { description, ...schema } = jsonSchema(type)
    return { name, in: place, required: !type.safeParse(undefined).success, description, schema }
  })
}

function formatResponse({ description, headers, content }: Response): Json {
  return {
    description,
    ...(headers && {
      headers: mapValues(headers, header => ({ ...header, schema: jsonSchema(header.schema) })),
    }),
    ...(content && { content: mapValues(content, formatContent) }),
  }
}

function formatContent({ schema, examples }: Content): Json {
  return { schema: { $ref: refTo(schema) }, examples }
}

function namedSchemas(schemas: Record<string, z.ZodType>): Json {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id })
  const written = z.toJSONSchema(registry, { uri: refTo, io: 'input' }).schemas as Record<string, Json>
  return mapValues(written, withoutIds)
}

function jsonSchema(type: z.ZodType): Json {
  return withoutIds(z.toJSONSchema(type, { io: 'input' }))
}

/** In OpenAPI the place of a schema is its identity. */
function withoutIds({ $schema: _dialect, $id: _id, ...schema }: Json): Json {
  return schema
}

function refTo(name: string): string {
  return `#/components/schemas/${name}`
}

function mapValues<From, To>(object: Record<string, From>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))
}
