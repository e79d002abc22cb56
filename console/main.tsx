import { signal } from '@preact/signals'
import { render } from 'preact'
import { App } from './app.tsx'
import { Failure } from './parts/index.ts'
import { comeBack, isBack, readSettings } from './session/index.ts'
import './style.css'

const root = document.querySelector('#app')
const problem = signal<unknown>(undefined)

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
