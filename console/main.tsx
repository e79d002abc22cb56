import { signal } from '@preact/signals'
import { render } from 'preact'
import { App } from './app.tsx'
import { Failure } from './parts/index.ts'
import { comeBack, isBack, readSettings, session } from './session/index.ts'
import './style.css'

const root = document.querySelector('#app')
const problem = signal<unknown>(undefined)

// A tab that comes back from the provider by the way back in the browser has the sign-in still under way.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted && !session.value) location.reload()
})

if (root)
  readSettings().then(
    async (settings) => {
      if (settings.signIn?.kind === 'oidc' && isBack())
        await comeBack(settings.signIn).catch((error) => {
          problem.value = error
        })
      render(<App settings={settings} problem={problem} />, root)
    },
    (error) => render(<Failure error={error} again={() => location.reload()} />, root),
  )
