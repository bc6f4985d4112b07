/**
 * On a wide screen, a document's link to a source file opens the file beside the document. Without this script, and on a
 * narrow screen, it is a link like any other.
 */
const beside = document.querySelector('.source-beside')
const wide = matchMedia('(min-width: 70rem)')
let pane
let opener

beside?.querySelector('.document').addEventListener('click', async event => {
  const link = event.target.closest('a[href]')
  if (!link || !wide.matches || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
  const url = new URL(link.href)
  if (!isFile(url)) return
  event.preventDefault()
  opener = link
  try {
    await show(url)
  } catch {
    location.assign(url)
  }
})

addEventListener('keydown', event => {
  if (event.key === 'Escape' && pane) close()
})

/** A file of code, not a folder or a document. */
function isFile({ origin, pathname }) {
  const name = pathname.split('/').at(-1)
  return origin === location.origin && pathname.startsWith('/source/') && name.includes('.') && !name.endsWith('.md')
}

async function show(url) {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`status ${response.status}`)
  const page = new DOMParser().parseFromString(await response.text(), 'text/html')
  const code = page.querySelector('.source-code')
  if (!code) throw new Error('no source')
  pane ??= createPane()
  pane.querySelector('.pane-title').textContent = url.pathname.slice('/source/'.length)
  pane.querySelector('.pane-title').href = url
  const body = pane.querySelector('.pane-body')
  body.replaceChildren(document.adoptNode(code))
  body.scrollTop = 0
  const line = url.hash && body.querySelector(`[id="${CSS.escape(url.hash.slice(1))}"]`)
  if (line) {
    line.dataset.marked = ''
    body.scrollTop = line.offsetTop - body.clientHeight / 3
  }
  pane.focus({ preventScroll: true })
}

function createPane() {
  const created = document.createElement('aside')
  created.className = 'pane'
  created.tabIndex = -1
  created.setAttribute('aria-label', 'The file beside the text')
  const head = document.createElement('div')
  head.className = 'pane-head'
  const title = document.createElement('a')
  title.className = 'pane-title'
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'button button-small'
  button.textContent = 'Close'
  button.addEventListener('click', close)
  head.append(title, button)
  const body = document.createElement('div')
  body.className = 'pane-body'
  body.tabIndex = 0
  body.setAttribute('role', 'region')
  body.setAttribute('aria-label', 'Source')
  created.append(head, body)
  beside.append(created)
  beside.dataset.open = ''
  return created
}

function close() {
  pane.remove()
  pane = undefined
  delete beside.dataset.open
  opener?.focus()
}
