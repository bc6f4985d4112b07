/** A link to the section of a specification that defines something. Pages link there but load nothing from there. */
export interface SpecReference {
  label: string
  href: string
}

/** `rfc(6749, '4.1.1')` → RFC 6749 §4.1.1 */
export function rfc(number: number, section: string): SpecReference {
  return { label: `RFC ${number} §${section}`, href: `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}` }
}
