/** The app: follows the CRM's contacts and takes each new one through the flow. It may be killed anywhere; it goes on there. */
import { announcementOf } from './announcement.ts';
import { emailTo } from './email.ts';
import { enrich } from './enrich.ts';
import { failpoint } from './failpoint.ts';
import { followUp } from './follow-up.ts';
import { type Journal, openJournal } from './journal.ts';
import { type Lead, readLead } from './lead.ts';
import { type ContactEvent, followContacts } from './lead-events.ts';
import { type Score, scoreOf } from './score.ts';
import { settings } from './settings.ts';
import { type Step, takeStep } from './step.ts';

/** Every step of a lead; those that are done are passed over. */
async function handle(journal: Journal, lead: Lead): Promise<void> {
  if (!lead.properties.email) return;
  const company = await takeStep(journal, lead, enrich);
  if (company === undefined) return;
  const scored: Step<Score> = {
    name: 'score',
    take: async ({ properties }) => scoreOf(company, properties.jobtitle),
    tell: ({ points, grade }) => `${points} points, ${grade}`,
  };
  const score = await takeStep(journal, lead, scored);
  if (score === undefined) return;
  await takeStep(journal, lead, emailTo(score));
  await takeStep(journal, lead, announcementOf(company, score));
  await takeStep(journal, lead, followUp);
}

/** What a vendor refused may work by now: a channel has been made, a sender verified. */
async function tryRefusedAgain(journal: Journal): Promise<void> {
  for (const id of journal.refused()) {
    const lead = await readLead(id);
    if (lead !== null) await handle(journal, lead);
  }
}

async function main(): Promise<void> {
  const journal = openJournal(settings.journalPath);
  await tryRefusedAgain(journal);
  let isReady = false;
  await followContacts({
    cursor: () => journal.cursor(),
    async handle({ type, contact }: ContactEvent) {
      if (type !== 'contact.creation' || contact === null) return;
      await handle(journal, contact);
      await failpoint('cursor');
    },
    moveTo(cursor) {
      journal.moveTo(cursor);
      if (!isReady) process.stdout.write('following the contacts\n');
      isReady = true;
    },
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`lead-flow stopped: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
