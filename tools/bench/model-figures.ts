import type { BenchResults } from './report.ts'
import { isMeasured } from './report.ts'

/** The figures that the scale model starts from, rounded as docs/performance.md shows them. */
export interface ModelFigures {
  /** When they were measured, as `2026-11-26`. */
  date: string
  /** Bytes in the database of the largest pool: of a user with one login, and of a guest. */
  userBytes: number
  guestBytes: number
  /** Milliseconds of CPU for one request. */
  cpuNewGuest: number
  cpuKnownLogin: number
  cpuOpenIdToken: number
  cpuCredentials: number
  cpuCredentialsR2: number
  cpuCredentialsRemote: number
  /** Milliseconds of the first request of a new process. */
  startUp: number
  /** Known logins, and new guests, that went through one object in a second. */
  readsPerObject: number
  writesPerObject: number
}

/** Picks the figures from the results of a run that measured everything. Throws for one that is missing. */
export function modelFigures({ at, growth, operations = [], startup }: BenchResults): ModelFigures {
  const largest = growth?.bytes.at(-1)
  if (!largest || !startup) throw new Error('The model needs the growth and the start-up measured.')
  const figuresOf = (wanted: string) => {
    const found = operations.find(({ id }) => id === wanted)
    if (!found || !isMeasured(found)) throw new Error(`The model needs the operation ${wanted} measured.`)
    return found.service
  }
  const cpu = (id: string) => rounded(figuresOf(id).cpuMs, 3)
  return {
    date: at,
    userBytes: rounded(largest.bytesPerUser, 0),
    guestBytes: rounded(largest.bytesPerGuest, 0),
    cpuNewGuest: cpu('guest'),
    cpuKnownLogin: cpu('known'),
    cpuOpenIdToken: cpu('token-RS256'),
    cpuCredentials: cpu('credentials'),
    cpuCredentialsR2: cpu('credentials-r2'),
    cpuCredentialsRemote: cpu('credentials-remote'),
    startUp: rounded(startup.coldStarts.firstRequest.service.median, 1),
    readsPerObject: rounded(figuresOf('known').perSecond, 0),
    writesPerObject: rounded(figuresOf('guest').perSecond, 0),
  }
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
