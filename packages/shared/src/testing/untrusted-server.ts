/** An https server on a free loopback port with a self-signed certificate, which no client trusts. */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

/** Only for tests: this certificate is worthless on purpose. */
const KEY = `
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5jnfy/5byjoFQRo0
f+r4iJlKzTWKUrh5BmquhC3DWpOhRANCAARKdd19Ys2lBCsP/bdkA7ai40xiv5PX
BKdO5NYTpBgsEkxteWeHw7ce9YTm5+kv2B5TsgJNHFodNqfHGpHGykXW
-----END PRIVATE KEY-----
`
const CERTIFICATE = `
-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUCEAzmq5iqrIXzwyebjkFvsmJ9zswCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNTA0MzE0MFoYDzIxMjYxMTAx
MDQzMTQwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARKdd19Ys2lBCsP/bdkA7ai40xiv5PXBKdO5NYTpBgsEkxteWeHw7ce
9YTm5+kv2B5TsgJNHFodNqfHGpHGykXWo28wbTAdBgNVHQ4EFgQUcr9UGOSZsKoj
9+jW+MguKBYiukAwHwYDVR0jBBgwFoAUcr9UGOSZsKoj9+jW+MguKBYiukAwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgWniNN6hhBpcFJEbbdek9QhugKt1ntTcRnjC7Xx8udVICIQC4
h9kw8/SLb2eoofRaM3W8ij3VXxBCp0lKfD37xFt2Eg==
-----END CERTIFICATE-----
`

export interface UntrustedServer {
  url: string
  /** How many clients got as far as sending a request. */
  requests: number
  stop(): Promise<void>
}

export async function startUntrustedServer(): Promise<UntrustedServer> {
  const tls = createServer({ key: KEY, cert: CERTIFICATE }, (_request, response) => {
    server.requests++
    response.end('{}')
  })
  await new Promise<void>(resolve => tls.listen(0, '127.0.0.1', resolve))
  const server: UntrustedServer = {
    url: `https://localhost:${(tls.address() as AddressInfo).port}`,
    requests: 0,
    stop: () =>
      new Promise(resolve => {
        tls.close(() => resolve())
        tls.closeAllConnections()
      }),
  }
  return server
}
