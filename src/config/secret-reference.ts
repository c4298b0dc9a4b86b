/** How a setting names a secret. The value itself stands in no file of the graph folder. */
import { z } from 'zod';

/** `secret://env/NAME` or `secret://file/PATH`; never a secret itself. */
export const secretReference = z
  .string()
  .regex(/^secret:\/\/(env|file)\/.+$/, 'expected secret://env/NAME or secret://file/PATH, never the secret itself');
