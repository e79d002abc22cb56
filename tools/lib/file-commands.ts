import { fileCommands, processIo } from '../../package/commands/file-commands.ts'

/** One of the commands about identity.yaml, as the package has it. */
export function mainOf(name: string) {
  return async (args: string[]): Promise<void> => {
    process.exitCode = await fileCommands.get(name)?.run(args, processIo())
  }
}
