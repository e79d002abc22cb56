import { loadOnce } from '../../base/load-once.ts'
import type { Result } from '../../base/result.ts'
import type { MetadataRefused } from './metadata.ts'
import type { SamlMetadata } from './types.ts'

/**
 * SAML's code and the libraries it stands on are a large part of the Worker. They are run when they are first needed, and do
 * not slow down the start of an isolate that has nothing to do with SAML.
 */
export const loadSamlLogins = loadOnce(() => import('./saml-login.ts'))

const loadMetadata = loadOnce(() => import('./metadata.ts'))

/** Reads a metadata document: an entity with one SAML 2.0 identity provider role, by itself or as the only entity of a list. */
export async function parseSamlMetadata(xml: string): Promise<Result<SamlMetadata, MetadataRefused>> {
  const { parseMetadata } = await loadMetadata()
  return parseMetadata(xml)
}
