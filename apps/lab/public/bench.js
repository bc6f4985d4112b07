// The bench works without this file. It follows each change at once, and checks the signature of a dead token in the page.
const form = document.querySelector('[data-bench-form]')
const read = selector => {
  const template = document.querySelector(selector)
  return template ? JSON.parse(template.content.textContent) : undefined
}
const original = read('[data-original]')
/** Only for a token that opens nothing any longer: its three parts, and the public key that it names. */
const known = read('[data-for-script]')

const ALGORITHMS = {
  ES256: [
    { name: 'ECDSA', namedCurve: 'P-256' },
    { name: 'ECDSA', hash: 'SHA-256' },
  ],
  RS256: [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, { name: 'RSASSA-PKCS1-v1_5' }],
}

function encode(text) {
  const bytes = new TextEncoder().encode(text)
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}

function decode(part) {
  return Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), character => character.charCodeAt(0))
}

/** Keeps the list of what the token says in step with the fields. */
function showMembers(part, members) {
  const before = JSON.parse(original[part])
  for (const entry of document.querySelectorAll(`[data-member^="${part}."]`)) {
    const name = entry.dataset.member.slice(part.length + 1)
    const value = JSON.stringify(members[name])
    const [field, words] = [entry.querySelector('dd code'), entry.querySelector('[data-in-words]')]
    if (field.textContent !== (value ?? '(left out)')) words?.remove() // they belong to the earlier value
    field.textContent = value ?? '(left out)'
    entry.classList.toggle('bench-changed', value !== JSON.stringify(before[name]))
  }
}

/** The part of the token that a field stands for, or undefined if it is not a JSON object. */
function partOf(name) {
  const field = form.elements[name]
  let value
  try {
    value = JSON.parse(field.value)
  } catch {
    value = undefined
  }
  const valid = value !== null && typeof value === 'object' && !Array.isArray(value)
  const error = document.getElementById(`${name}-error`)
  error.hidden = valid
  error.textContent = valid ? '' : 'This is not a JSON object yet.'
  if (valid) field.removeAttribute('aria-invalid')
  else field.setAttribute('aria-invalid', 'true')
  if (!valid) return undefined
  const text = JSON.stringify(value)
  const changed = text !== JSON.stringify(JSON.parse(original[name]))
  showMembers(name, value)
  return { value, changed, encoded: known && !changed ? known[name] : encode(text) }
}

async function verify(header, claims) {
  const [importing, verifying] = ALGORITHMS[header.value.alg] ?? []
  if (!importing || header.value.kid !== known.key.kid) return false
  const key = await crypto.subtle.importKey('jwk', known.key, importing, false, ['verify'])
  const signed = new TextEncoder().encode(`${header.encoded}.${claims.encoded}`)
  return crypto.subtle.verify(verifying, key, decode(known.signature), signed)
}

function show(mood, title, text, by) {
  for (const part of document.querySelectorAll('.bench-verdict, .part-signature')) part.dataset.mood = mood
  document.querySelector('[data-verdict-title]').textContent = title
  document.querySelector('[data-verdict-text]').textContent = text
  if (by) document.querySelector('[data-checked-by]').textContent = by
}

const FITS = 'Accounts signed exactly these characters. So the calendar may believe what the token says.'
const FITS_NOT =
  'These are not the characters that Accounts signed. Everything can still be read, and nothing of it can be trusted.'

async function follow() {
  const [header, claims] = [partOf('header'), partOf('claims')]
  if (!header || !claims) return
  document.querySelector('[data-part="header"]').textContent = header.encoded
  document.querySelector('[data-part="claims"]').textContent = claims.encoded
  const changed = header.changed || claims.changed
  if (known && globalThis.crypto?.subtle) {
    const fits = await verify(header, claims)
    const by = `Your browser checked it just now, with the public key ${known.key.kid} of Accounts (WebCrypto).`
    return show(
      fits ? 'good' : 'bad',
      fits ? 'The signature fits' : 'The signature does not fit',
      fits ? FITS : FITS_NOT,
      by,
    )
  }
  // Other characters than those that were signed: no signature is needed to know that it cannot fit.
  if (changed)
    show('bad', 'The signature does not fit', FITS_NOT, 'Not yet checked by the Lab: press “Check the signature”.')
  else show('open', 'As it was issued', 'Press “Check the signature” to have the Lab check it.', '')
}

if (form) {
  form.addEventListener('input', follow)
  if (known) follow()
}
