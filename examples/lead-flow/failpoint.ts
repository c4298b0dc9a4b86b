/** Where the tests kill the app, or the form: at the place that LEAD_FLOW_STOP_AFTER names it says so and waits for its end. */
const wanted = process.env['LEAD_FLOW_STOP_AFTER'];

export async function failpoint(name: string): Promise<void> {
  if (name !== wanted) return;
  process.stdout.write(`stopped at ${name}\n`);
  await new Promise(() => setInterval(() => {}, 60_000));
}
