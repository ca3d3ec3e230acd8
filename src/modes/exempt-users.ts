/** Whether a user is among those whom no quota stops. Both sides may carry the domain of the platform or not. */
export function exemptUsers(users: readonly string[], suffix: string): (username: string) => boolean {
  const short = (name: string) => (suffix !== '' && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name);
  const exempt = new Set(users.map(short));
  return (username) => exempt.has(short(username));
}
