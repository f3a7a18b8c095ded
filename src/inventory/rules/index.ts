import {
  checkDuplicateAddresses,
  checkEdgeAddresses,
  checkMachineAddresses,
  checkMacs,
  checkStaticNetworks,
} from './addresses.js';
import { checkClusterName, checkLifetimes, checkRoles, checkVersion } from './cluster-shape.js';
import { checkClusterDomain, checkDomains, checkEndpoint } from './domains.js';
import { checkFiles } from './files.js';
import { checkLabels, checkTaints } from './labels.js';
import { checkMachineNames, checkNodeNames } from './machine-names.js';
import { checkRanges, checkRangesAreFree } from './ranges.js';
import type { Rule } from './rule.js';
import { checkSshKeys } from './ssh-keys.js';
import { checkInstallDisks, checkSystems } from './systems.js';
import { checkUnits } from './units.js';
import { checkMirrors, checkProxy, checkTimeServers } from './urls.js';

/** Everything that is checked of an inventory's meaning. */
export const RULES: readonly Rule[] = [
  checkClusterName,
  checkVersion,
  checkEndpoint,
  checkSystems,
  checkSshKeys,
  checkRanges,
  checkRangesAreFree,
  checkClusterDomain,
  checkDomains,
  checkProxy,
  checkMirrors,
  checkTimeServers,
  checkLifetimes,
  checkRoles,
  checkMachineNames,
  checkNodeNames,
  checkMachineAddresses,
  checkDuplicateAddresses,
  checkEdgeAddresses,
  checkMacs,
  checkStaticNetworks,
  checkInstallDisks,
  checkLabels,
  checkTaints,
  checkFiles,
  checkUnits,
];
