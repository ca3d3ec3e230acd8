/** Flags of `bun test` for a report in JUnit's form, where `VICE_TEST_JUNIT` names its file. */
export function junitFlags(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const file = env['VICE_TEST_JUNIT'];
  return file ? ['--reporter=junit', `--reporter-outfile=${file}`] : [];
}
