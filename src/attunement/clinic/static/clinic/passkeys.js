// Say on the page that a passkey did not work: the library tells only the console.
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  const problem = document.querySelector('[data-passkey-problem]')
  if (problem) problem.hidden = false
})
