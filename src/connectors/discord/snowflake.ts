/** An id of Discord's: 64 bits in decimal, the first 42 of them milliseconds since 2015 (docs.discord.com/developers/reference, snowflakes). */
export const isSnowflake = (text: string): boolean => /^\d{17,20}$/.test(text);
