// Asks @mosip/pixelpass: reads {read: [QR texts]} or {write: [bytes in hex]} and prints a list of answers, null for failed.
const { decode, generateQRData } = require("@mosip/pixelpass");

const question = JSON.parse(require("fs").readFileSync(0, "utf8"));
const attempt = (one) => {
  try {
    return question.read ? JSON.parse(decode(one)) : generateQRData(Uint8Array.from(Buffer.from(one, "hex")));
  } catch (error) {
    return null;
  }
};
console.log(JSON.stringify((question.read || question.write).map(attempt)));
