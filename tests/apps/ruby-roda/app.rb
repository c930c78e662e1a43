require "roda"

class Shelf < Roda
  plugin :json

  BOOKS = { "atlas" => 3, "cookery" => 1 }.freeze

  route do |r|
    r.root { { books: BOOKS.keys } }
    r.on "books", String do |name|
      r.get { { name:, copies: BOOKS.fetch(name, 0) } }
    end
  end
end
