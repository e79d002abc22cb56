import { holdClient } from './support/hold.ts'
import { mavenClient } from './support/maven.ts'

holdClient(mavenClient('java', 'clients.Main'))
