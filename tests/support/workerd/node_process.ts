/** `node:process` where there is no process. */
export default { env: {}, versions: {} };
