/** Which redirects slow motion stops at, and what is happening there. */
import type { Addresses } from '../environment'
import { type Party, parties } from '../pages'
import type { ReportingService } from './exchange'
import type { SceneName, Stop } from './stops'

/** A service that redirects browsers. */
export interface Service {
  name: Exclude<ReportingService, 'calendar-api'>
  party: Party
  addresses: Addresses
}

export function serviceNamed(name: Service['name'], addresses: Addresses): Service {
  const { client, 'authorization-server': accounts } = parties(addresses)
  return { name, addresses, party: name === 'client-app' ? client : accounts }
}

/**
 * @param path of the request that it answers
 * @param next where the service sends the browser
 * @param calls what it has called before it answered
 * @returns undefined for a redirect that is not part of the seven steps and stays at the service
 */
export function sceneOf(
  { name, party, addresses }: Service,
  path: string,
  next: URL,
  calls: Stop['calls'] = [],
): SceneName | undefined {
  if (next.origin === addresses.authServerUrl && next.pathname === '/authorize') return 'authorization request'
  if (next.origin === party.origin) {
    if (name === 'client-app') return path === '/callback' && calls.some(isTokenRequest) ? 'connected' : undefined
    if (!next.searchParams.has('request')) return undefined
    return ({ '/login': 'sign-in', '/consent': 'consent' } as const)[next.pathname]
  }
  if (name === 'auth-server' && next.searchParams.has('code')) return 'code'
  if (name === 'auth-server' && next.searchParams.has('error')) return 'error'
  return 'elsewhere'
}

/** Whether the browser brings the client an answer to its authorization request. */
export function isArrival({ name }: Service, target: string): boolean {
  if (name !== 'client-app' || !URL.canParse(target)) return false
  const { pathname, searchParams } = new URL(target)
  return (
    pathname === '/callback' && searchParams.has('state') && (searchParams.has('code') || searchParams.has('error'))
  )
}

/** Steps 4 and 5. */
export function isTokenRequest({ method, url, status }: Stop['calls'][number]): boolean {
  return method === 'POST' && new URL(url).pathname === '/token' && status === 200
}
