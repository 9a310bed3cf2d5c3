/** The headers by which the backend knows a device. */

import type { Json } from "../values.js";

/** What X-Device-Info says of a device, by platform. */
export const PLATFORMS = {
  Roku: {
    primaryHardwareType: "SetTopBox",
    connectionType: "WiFi",
    model: "Roku Ultra",
    version: "4850X",
    manufacturer: "Roku",
    osName: "Roku OS",
    osVendor: "Roku",
    osVersion: "14.1",
  },
  tvOS: {
    primaryHardwareType: "SetTopBox",
    connectionType: "WiFi",
    model: "Apple TV 4K",
    version: "AppleTV14,1",
    manufacturer: "Apple",
    osName: "tvOS",
    osVendor: "Apple",
    osVersion: "18.2",
  },
  FireTV: {
    primaryHardwareType: "SetTopBox",
    connectionType: "WiFi",
    model: "AFTKRT",
    version: "AFTKRT",
    manufacturer: "Amazon",
    osName: "Android",
    osVendor: "Amazon",
    osVersion: "11",
  },
  AndroidTV: {
    primaryHardwareType: "SetTopBox",
    connectionType: "WiFi",
    model: "Chromecast",
    version: "sabrina",
    manufacturer: "Google",
    osName: "Android",
    osVendor: "Google",
    osVersion: "14",
  },
  Tizen: {
    primaryHardwareType: "Television",
    connectionType: "WiFi",
    model: "QN90D",
    version: "2024",
    manufacturer: "Samsung",
    osName: "Tizen",
    osVendor: "Samsung",
    osVersion: "8.0",
  },
  webOS: {
    primaryHardwareType: "Television",
    connectionType: "WiFi",
    model: "OLED65C4",
    version: "2024",
    manufacturer: "LG",
    osName: "webOS",
    osVendor: "LG",
    osVersion: "24",
  },
  Xbox: {
    primaryHardwareType: "GamesConsole",
    connectionType: "WiFi",
    model: "Xbox Series X",
    version: "1882",
    manufacturer: "Microsoft",
    osName: "Xbox OS",
    osVendor: "Microsoft",
    osVersion: "10.0",
  },
  iOS: {
    primaryHardwareType: "MobilePhone",
    model: "iPhone",
    version: "iPhone17,1",
    manufacturer: "Apple",
    osName: "iOS",
    osVendor: "Apple",
    osVersion: "18.2",
    connectionType: "WiFi",
  },
  Android: {
    primaryHardwareType: "MobilePhone",
    model: "Pixel 9",
    version: "tokay",
    manufacturer: "Google",
    osName: "Android",
    osVendor: "Google",
    osVersion: "15",
    connectionType: "WiFi",
  },
  desktop: {
    primaryHardwareType: "Desktop",
    model: "MacBook Air",
    version: "Mac14,2",
    manufacturer: "Apple",
    osName: "Mac OS",
    osVendor: "Apple",
    osVersion: "15.1",
    connectionType: "WiFi",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** One of `PLATFORMS`. */
export type Platform = keyof typeof PLATFORMS;

const AGENT = "pass-simulator-client";

/** What a device sends with each call. Throws `TypeError` for a platform that is not known. */
export function deviceHeaders(
  device: string,
  platform?: Platform,
  info?: Json,
): Record<string, string> {
  if (platform !== undefined && !Object.hasOwn(PLATFORMS, platform)) {
    const known = Object.keys(PLATFORMS).join(", ");
    throw new TypeError(`'${String(platform)}' is not one of the platforms ${known}`);
  }
  const described = { ...(platform && PLATFORMS[platform]), ...info };
  return {
    "AP-Device-Identifier": `fingerprint ${base64(device)}`,
    "User-Agent": AGENT,
    ...(Object.keys(described).length > 0 && { "X-Device-Info": base64(JSON.stringify(described)) }),
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
