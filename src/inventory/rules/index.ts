import { checkAcme } from './acme.js';
import {
  checkDuplicateAddresses,
  checkEdgeAddresses,
  checkMachineAddresses,
  checkMacs,
  checkStaticNetworks,
} from './addresses.js';
import { checkNetworkPlugin, checkSchedulable } from './cluster-services.js';
import { checkClusterName, checkLifetimes, checkRoles, checkVersion } from './cluster-shape.js';
import { checkComponents } from './components.js';
import { checkClusterDomain, checkDomains, checkEndpoint } from './domains.js';
import { checkExternalEtcd } from './external-etcd.js';
import { checkFiles } from './files.js';
import { checkFirewall } from './firewall.js';
import { checkFloatingAddress } from './floating-address.js';
import { checkIngress } from './ingress.js';
import { checkLabels, checkTaints } from './labels.js';
import { checkMachineNames, checkNodeNames } from './machine-names.js';
import { checkOverlay } from './overlay.js';
import { checkPreload } from './preload.js';
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
  checkAcme,
  checkProxy,
  checkMirrors,
  checkTimeServers,
  checkLifetimes,
  checkRoles,
  checkComponents,
  checkNetworkPlugin,
  checkOverlay,
  checkSchedulable,
  checkExternalEtcd,
  checkFirewall,
  checkIngress,
  checkFloatingAddress,
  checkPreload,
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
