import { it } from 'vitest';
import { expectGolden } from '../testing/golden.js';

it('renders the documents on record', () => expectGolden('debian'));
