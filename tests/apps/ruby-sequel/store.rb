require "sequel"

module Store
  DB = Sequel.sqlite
  DB.create_table(:items) { String :name; Integer :price }
  DB[:items].multi_insert([{ name: "pen", price: 2 }, { name: "ink", price: 5 }, { name: "blotter", price: 3 }])

  def self.items = DB[:items]
end
