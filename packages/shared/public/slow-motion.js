// The pages of slow motion work without this file. It counts the seconds of the code down, and keeps a second click from
// sending a second request.
const BAR_UNITS = 100
const LIFETIME_S = 600
const ANNOUNCE_AT_S = [300, 60]

for (const countdown of document.querySelectorAll('[data-seconds-left]')) {
  const clock = countdown.querySelector('.slow-clock')
  const bar = countdown.querySelector('.slow-left-now')
  const spoken = document.createElement('span') // the clock itself would speak every second
  spoken.className = 'visually-hidden'
  spoken.setAttribute('role', 'status')
  countdown.append(spoken)
  // This clock's own end, so that it may differ from the server's.
  const endsAt = Date.now() + Number(countdown.dataset.secondsLeft) * 1000

  const show = () => {
    const left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000))
    const minutes = Math.floor(left / 60)
    const digits = `${minutes}:${String(left % 60).padStart(2, '0')}`
    clock.textContent = left > 0 ? `The code works for another ${digits}` : 'The code has expired'
    bar.setAttribute('x2', String((left / LIFETIME_S) * BAR_UNITS))
    countdown.classList.toggle('slow-countdown-short', left <= 60)
    if (ANNOUNCE_AT_S.includes(left)) spoken.textContent = `The code works for another ${left / 60} minutes.`
    if (left > 0) return
    spoken.textContent = 'The code has expired. If you go on now, you see how it is refused.'
    clearInterval(timer)
  }
  const timer = setInterval(show, 1000)
  show()
}

const go = document.querySelector('.slow-go')
go?.addEventListener('click', event => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return
  if (go.dataset.sent !== undefined) event.preventDefault()
  go.dataset.sent = ''
})
window.addEventListener('pageshow', () => go && delete go.dataset.sent)
