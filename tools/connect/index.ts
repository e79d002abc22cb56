/** What the console shows as well. Nothing of it needs Node. */
export { readConnection } from './aws-connection.ts'
export { documents, nextSteps } from './aws-connection-screen.ts'
