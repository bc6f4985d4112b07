/** Names and addresses of this very machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */

/** @param hostname as `URL` gives it: in lower case, an IPv6 address in brackets */
export function isLoopbackName(hostname: string): boolean {
  return /^(.+\.)?localhost$/.test(hostname) || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
