/** ownCloud Server (`owncloud.log`): Nextcloud's record, as it was before the two parted. */
import { application } from '../application.ts';
import { readCloud } from './nextcloud.ts';

export const owncloud = application('owncloud', {
  paths: ['owncloud'],
  records: [{ keys: ['reqId', 'remoteAddr', 'app'] }],
  read: readCloud,
});
