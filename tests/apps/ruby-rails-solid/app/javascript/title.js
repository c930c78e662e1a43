export const title = "Harbour"
