/**
 * Reads an OpenAPI document from standard input and prints what Redocly's recommended rules find in it, one line for each.
 * A program of its own, because Jest cannot load Redocly's ES modules.
 */
import { text } from 'node:stream/consumers'
import { createConfig, lintFromString } from '@redocly/openapi-core'

const config = await createConfig({
  extends: ['recommended'],
  rules: {
    'no-server-example.com': 'off', // the addresses of the demo are on localhost
    'operation-2xx-response': 'off', // an authorization request is answered with a redirect or a page
  },
})
const problems = await lintFromString({ source: await text(process.stdin), absoluteRef: 'openapi.json', config })
for (const { ruleId, severity, message, location } of problems) {
  console.log(`${severity} ${ruleId}: ${message} (${location[0]?.pointer ?? ''})`)
}
