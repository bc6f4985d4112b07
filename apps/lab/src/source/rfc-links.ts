/** Makes the sections that a text names into links: `RFC 6749 §4.1.3`, and each § that follows it in the same list. */

const SECTION = String.raw`(?:§|Appendix |section )[\dA-Z]+(?:\.\d+)*`
const NAMED = new RegExp(String.raw`\bRFC (\d{3,5})(?: (${SECTION}(?:(?:, | and | to | or |, and )${SECTION})*))?`, 'g')

/** @param html text in which &, < and > are escaped, with or without tags that contain no RFC in their attributes */
export function linkRfcs(html: string): string {
  return html.replace(NAMED, (whole, number: string, sections?: string) => {
    if (!sections) return link(whole, `https://www.rfc-editor.org/rfc/rfc${number}`)
    const [first = '', ...rest] = sections.split(new RegExp(`(${SECTION})`)).filter(part => part !== '')
    const begin = link(`RFC ${number} ${first}`, addressOf(number, first))
    return begin + rest.map(part => (/^(?:§|App|sec)/.test(part) ? link(part, addressOf(number, part)) : part)).join('')
  })
}

function link(text: string, address: string): string {
  return `<a class="rfc" href="${address}">${text}</a>`
}

function addressOf(number: string, section: string): string {
  const name = section.replace(/^(?:§|Appendix |section )/, '')
  const kind = /^[A-Z]/.test(name) ? 'appendix' : 'section'
  return `https://www.rfc-editor.org/rfc/rfc${number}#${kind}-${name}`
}
