/**
 * `vendorgraph events …`: reads the event log and repeats what is in it, beside a running gateway or without one. Acts are kept
 * in the log's own record, with the name of the system's user.
 */
import type { Command } from 'commander';
import { addActs } from './events-acts.ts';
import { addConsumers } from './events-consumers.ts';
import { createEventsGroup, type EventsCommandParts } from './events-group.ts';
import { addLooks } from './events-looks.ts';
import { addRepair } from './events-repair.ts';

/** The parts that read the log are loaded when a command runs. */
export function addEventsCommand(program: Command, parts: EventsCommandParts): void {
  const events = program.command('events').description('read, replay and mend the event log').exitOverride();
  const group = createEventsGroup(events, parts);
  addLooks(group);
  addActs(group);
  addConsumers(group);
  addRepair(group);
}
