/** ownCloud Server (`owncloud.log`): Nextcloud's record, as it was before the two parted. */
import { application } from '../application.ts';
import { parseCloud, readCloud } from './nextcloud.ts';

export const owncloud = application('owncloud', {
  paths: ['owncloud'],
  records: [{ keys: ['reqId', 'remoteAddr', 'app'] }],
  parse: parseCloud,
  read: readCloud,
});
