import { proposeMachines } from '../propose.js';
import { off } from './parameters.js';

/** Commands that take machines by name, or all of them. */
export type LabMachinesFlags = { readonly all: boolean };

export const labMachinesFlags = { all: { ...off, brief: 'Every machine' } } as const;

export const labMachinesPositional = {
  kind: 'array',
  parameter: { parse: String, placeholder: 'MACHINE', brief: 'Machines', proposeCompletions: proposeMachines },
} as const;
