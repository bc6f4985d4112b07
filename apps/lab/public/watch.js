// Watch: draws messages as they arrive, opens the panel without leaving the page, and lights up a value everywhere. Without
// this script everything works by links.
const watch = document.querySelector('.watch')
const list = document.getElementById('exchanges')
const panel = document.getElementById('panel')

if (watch && list) {
  listen()
  list.addEventListener('click', openOnClick)
  document.addEventListener('keydown', walk)
}
document.addEventListener('pointerover', light)
document.addEventListener('focusin', light)
panel?.addEventListener('click', openOnClick)
recompute()

/**
 * New messages, as server-sent events, from the version that this page shows. The browser connects again by itself after a
 * break, and says which event was the last that it got.
 */
function listen() {
  const { run, version } = watch.dataset
  const source = new EventSource(`/runs/${run}/live?since=${version}${'all' in watch.dataset ? '&all' : ''}`)
  source.addEventListener('message', ({ data }) => drawWhenReleased(JSON.parse(data)))
}

/** A click counts only if the same element is pressed and released, so nothing is drawn between the two. */
let pressed = false
const waiting = []
list?.addEventListener('pointerdown', ({ button }) => {
  pressed = button === 0
})
for (const end of ['pointerup', 'pointercancel']) {
  addEventListener(end, () => {
    pressed = false
    setTimeout(() => waiting.splice(0).forEach(draw)) // after the click
  })
}

function drawWhenReleased(message) {
  if (pressed) waiting.push(message)
  else draw(message)
}

function draw({ parts, shown, folded, words }) {
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null
  const chosen = list.querySelector('.chosen')?.parentElement.id
  const template = document.createElement('template')
  for (const { id, before, html } of parts) {
    template.innerHTML = html
    const item = template.content.querySelector('.exchange')
    const old = document.getElementById(`m-${id}`)
    if (!old) item.classList.add('arrived')
    // What was drawn on its own before now stands within what caused it.
    for (const child of item.querySelectorAll('.exchange')) document.getElementById(child.id)?.remove()
    old?.remove()
    list.insertBefore(item, before ? document.getElementById(`m-${before}`) : null)
  }
  if (chosen) choose(chosen.slice('m-'.length))
  if (focused && document.activeElement === document.body)
    list.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus()
  setText('shown-count', shown)
  const line = document.getElementById('folded')
  line.hidden = folded === 0
  setText('folded-count', folded)
  setText('folded-words', words)
}

function setText(id, text) {
  const element = document.getElementById(id)
  if (element) element.textContent = String(text)
}

/** @param {MouseEvent} event on a message, or on one of the panel's links to another message */
function openOnClick(event) {
  const link = event.target instanceof Element ? event.target.closest('a[href*="/messages/"], .panel-close') : undefined
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return
  event.preventDefault()
  if (link.classList.contains('panel-close')) close()
  else open(link.getAttribute('href'))
}

async function open(href) {
  const [address, anchor] = href.split('#')
  const response = await fetch(`${address}?part=panel`)
  if (!response.ok) return location.assign(href)
  panel.innerHTML = await response.text()
  panel.scrollTop = 0
  panel.parentElement.classList.add('has-panel')
  history.replaceState(null, '', href)
  choose(address.split('/').at(-1))
  const heading = panel.querySelector(anchor ? `#${CSS.escape(anchor)}` : '#panel-title')
  heading?.scrollIntoView({ block: 'nearest' })
  panel.querySelector('#panel-title')?.focus({ preventScroll: true })
}

function close() {
  panel.innerHTML = ''
  panel.parentElement.classList.remove('has-panel')
  history.replaceState(null, '', `/runs/${watch.dataset.run}`)
  const chosen = list.querySelector('.chosen')
  choose(undefined)
  chosen?.focus()
}

function choose(id) {
  for (const element of list.querySelectorAll('.chosen')) element.classList.remove('chosen')
  document.querySelector(`#m-${id} > .arrow`)?.classList.add('chosen')
}

/** Up and down walk through the messages, Enter opens (it is a link), Escape closes. */
function walk(event) {
  if (event.key === 'Escape' && panel?.parentElement.classList.contains('has-panel')) return close()
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const arrows = [...list.querySelectorAll('.exchange > .arrow:first-child')]
  const inList = list.contains(document.activeElement)
  const inPanel = panel.contains(document.activeElement)
  if (!inList && !(inPanel && document.activeElement.id === 'panel-title')) return
  const current = inList ? document.activeElement : list.querySelector('.chosen')
  const exchange = current?.closest('.exchange')?.querySelector('.arrow')
  const next = arrows[arrows.indexOf(exchange) + (event.key === 'ArrowDown' ? 1 : -1)]
  if (!next) return
  event.preventDefault()
  if (inPanel) open(next.getAttribute('href'))
  else next.focus()
}

/** Follow a value: the one under the pointer or the focus lights up wherever it, or its hash, stands. */
function light(event) {
  const value = event.target instanceof Element ? event.target.closest('[data-value]') : undefined
  if (!value && !document.querySelector('.lit')) return
  for (const element of document.querySelectorAll('.lit')) element.classList.remove('lit')
  if (!value) return
  const wanted = new Set(value.dataset.related.split(' '))
  for (const element of document.querySelectorAll('[data-related]')) {
    if (element.dataset.related.split(' ').some(id => wanted.has(id))) element.classList.add('lit')
  }
  for (const element of document.querySelectorAll('[data-values]')) {
    if (element.dataset.values.split(' ').some(id => wanted.has(id))) element.classList.add('lit')
  }
}

/** RFC 7636 §4.2, done here and now: nobody has to believe the server. */
async function recompute() {
  const line = document.querySelector('.recompute')
  if (!line || !globalThis.crypto?.subtle) return
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(line.dataset.verifier))
  const text = btoa(String.fromCharCode(...new Uint8Array(hash)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
  const result = document.createElement('strong')
  result.textContent =
    text === line.dataset.challenge ? ' Your browser has just recomputed it: they are equal.' : ' They differ.'
  line.append(result)
}
