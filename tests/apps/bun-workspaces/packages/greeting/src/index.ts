import dayjs from "dayjs";

export const greeting = (year: number): string => `hello from a workspace in ${dayjs(new Date(year, 5)).format("YYYY")}`;
