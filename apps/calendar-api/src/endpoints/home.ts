/** The page at this API's own address, for people who open it in a browser. */
import { STATUS_CODES } from 'node:http'
import { Router } from 'express'
import { refusalWithoutToken } from '../challenge'
import type { Context } from '../context'
import { formatProblem, methodNotAllowed, type Problem } from '../problem'
import { metadataUrlOf } from './protected-resource-metadata'

export function homePage({ config }: Context): Router {
  const metadataUrl = metadataUrlOf(config, '/calendar/events')
  const refusal = asHttp(refusalWithoutToken(metadataUrl))
  const router = Router()
  router.get('/', (_request, response) => response.render('home', { metadataUrl, refusal }))
  router.all('/', methodNotAllowed('GET, HEAD'))
  return router
}

/** @returns the response as text, without the headers that every response has */
function asHttp(problem: Problem): string {
  const headers = { ...problem.options.headers, 'Content-Type': 'application/problem+json' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const startLine = `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`
  return [startLine, ...lines, '', formatProblem(problem, undefined)].join('\n')
}
