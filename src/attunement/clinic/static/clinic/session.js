// Ask before a session ends, and leave nothing readable behind when it has.
(() => {
  const dialog = document.querySelector('[data-session-end]')
  if (!dialog) return
  const WARN_MS = 120_000
  const allowed = Number(dialog.dataset.seconds) * 1000
  const left = dialog.querySelector('[data-left]')
  const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('attunement-session') : null
  let used = Date.now()

  const seen = (tell) => {
    used = Date.now()
    if (dialog.open) dialog.close()
    if (tell && tabs) tabs.postMessage('used')
  }
  const leave = () => {
    const here = location.pathname + location.search
    location.replace(`${dialog.dataset.signIn}?next=${encodeURIComponent(here)}`)
  }
  const look = () => {
    const rest = allowed - (Date.now() - used)
    if (rest <= 0) return leave()
    if (rest > Math.min(WARN_MS, allowed / 2)) return
    left.textContent = Math.ceil(rest / 1000)
    if (!dialog.open) dialog.showModal()
  }
  if (tabs) tabs.onmessage = () => seen(false)
  document.addEventListener('htmx:afterRequest', ({ detail }) => {
    const asksByItself = detail.requestConfig.verb === 'get'
    if (!asksByItself) seen(true)
  })
  document.addEventListener('visibilitychange', look)
  dialog.querySelector('[data-stay-button]').addEventListener('click', async () => {
    const answer = await fetch(dialog.dataset.stay, { headers: { Accept: 'text/plain' } })
    if (answer.ok && !answer.redirected) seen(true)
    else leave()
  })
  seen(true)
  setInterval(look, 1000)
})()
