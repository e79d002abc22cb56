/** What the console is told of the deployment that serves it. */
export interface ConsoleSettings {
  version: string
  /** The access keys of local mode open it. */
  local: boolean
  issuer: string
  signIn?: { kind: 'oidc'; issuer: string; clientId: string } | { kind: 'access' }
}

/** Throws where the service does not answer. */
export async function readSettings(): Promise<ConsoleSettings> {
  const answer = await fetch('/console/settings.json')
  if (!answer.ok) throw new Error(`The settings of the console could not be read: status ${answer.status}.`)
  return answer.json()
}
