/** Roles, for those who run models; the one parser of them is shared with the editor. */

export { parseRole } from "../protocol/role.ts";
