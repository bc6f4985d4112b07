import { z } from 'zod'
import { openApiDocument } from '../../src/openapi'
import { type Answer, answerChecker } from '../../src/testing/described-answers'

const json = (schema: string) => ({ 'application/json': { schema, examples: {} } })

const document = openApiDocument({
  info: { title: 'Things', version: '1', summary: '', description: '', license: {} },
  server: 'https://api.example',
  tags: [],
  securitySchemes: {},
  schemas: {
    Thing: z.object({ name: z.string(), made: z.string().meta({ format: 'date-time' }).optional() }),
    Problem: z.object({ title: z.string() }),
  },
  responses: {
    Refused: { description: '', content: { 'application/problem+json': { schema: 'Problem', examples: {} } } },
  },
  paths: {
    '/things/{id}': {
      get: {
        operationId: 'readThing',
        summary: '',
        tags: [],
        security: [],
        parameters: { path: z.object({ id: z.string() }), query: z.object({ q: z.string().optional() }) },
        responses: {
          200: {
            description: '',
            headers: { ETag: { description: '', required: true, schema: z.string().meta({ pattern: '^"' }) } },
            content: json('Thing'),
          },
          204: { description: '' },
          303: { description: '' },
          400: 'Refused',
        },
      },
    },
  },
})

const check = answerChecker({ document, pages: ['/', '/assets'], refusalSchema: 'Problem' })

const ID = { 'x-request-id': '1' }
const JSON_TYPE = { ...ID, 'content-type': 'application/json; charset=utf-8' }
const PROBLEM_TYPE = { ...ID, 'content-type': 'application/problem+json' }
const good: Answer = {
  method: 'GET',
  url: '/things/1?q=a',
  status: 200,
  headers: { ...JSON_TYPE, etag: '"a"' },
  body: '{"name":"a"}',
}
const refused = { headers: PROBLEM_TYPE, body: '{"title":"Refused"}' }

test.each<[string, Partial<Answer>]>([
  ['as described', {}],
  ['to HEAD, without a body', { method: 'HEAD', body: '' }],
  ['a shared response', { status: 400, ...refused }],
  ['without a body', { status: 204, headers: ID, body: '' }],
  ['a redirect, with a note', { status: 303, headers: ID, body: 'See Other' }],
  ['an unknown address', { url: '/nothing', status: 404, ...refused }],
  ['an unknown method', { method: 'PUT', status: 405, ...refused, headers: { ...PROBLEM_TYPE, allow: 'GET' } }],
  ['to OPTIONS', { method: 'OPTIONS', status: 204, headers: ID, body: '' }],
  ['a foreign host', { status: 421, body: '{"title":"Misdirected Request","status":421,"detail":"a"}' }],
  [
    'a malformed request, which no app sees',
    { url: '*', status: 400, headers: {}, body: '{"title":"a","status":400,"detail":"a"}' },
  ],
  ['a page', { url: '/', status: 200, headers: { 'content-type': 'text/html' }, body: '<p>' }],
  ['a file of a page', { url: '/assets/a.css?v=1', status: 200, headers: ID, body: 'a' }],
])('an answer that is described passes: %s', (_what, changes) => {
  expect(check({ ...good, ...changes })).toBeUndefined()
})

test.each<[string, Partial<Answer>, string]>([
  ['status', { status: 201 }, 'GET /things/1 → 201: the status is not described'],
  ['member', { body: '{"name":"a","secret":"b"}' }, 'must NOT have additional properties'],
  ['type of a member', { body: '{"name":1}' }, 'it/name must be string'],
  ['format', { body: '{"name":"a","made":"yesterday"}' }, 'it/made must match format'],
  ['missing member', { body: '{}' }, "must have required property 'name'"],
  ['text', { body: 'a' }, 'the body is not JSON'],
  [
    'content type',
    { headers: { ...ID, etag: '"a"', 'content-type': 'text/plain' } },
    'the type “text/plain” is not described',
  ],
  ['missing header', { headers: JSON_TYPE }, 'the header ETag is missing'],
  ['value of a header', { headers: { ...JSON_TYPE, etag: 'a' } }, 'the header ETag (a) is not as described'],
  ['further header', { headers: { ...good.headers, location: '/' } }, 'the header location is not described'],
  ['body', { status: 204, headers: ID }, 'the body is not described'],
  ['shared response', { status: 400, headers: PROBLEM_TYPE, body: '{}' }, "must have required property 'title'"],
  ['foreign host', { status: 421, body: '{"title":"a"}' }, "must have required property 'status'"],
  ['address', { url: '/nothing' }, 'the address or the method is not described'],
  ['method', { method: 'PUT' }, 'the address or the method is not described'],
  ['405 without Allow', { method: 'PUT', status: 405, ...refused }, 'the header Allow is missing'],
  [
    '404 of an unknown address',
    { url: '/nothing', status: 404, headers: PROBLEM_TYPE, body: '{}' },
    'is not as described',
  ],
])('an answer that is not described is found: %s', (_what, changes, fault) => {
  expect(check({ ...good, ...changes })).toMatch(fault)
})

test('a parameter is required unless its schema is optional, and its description is its own', () => {
  const { parameters } = (document.paths as Record<string, { get: { parameters: unknown } }>)['/things/{id}']?.get ?? {}
  expect(parameters).toEqual([
    { name: 'id', in: 'path', required: true, description: undefined, schema: { type: 'string' } },
    { name: 'q', in: 'query', required: false, description: undefined, schema: { type: 'string' } },
  ])
})
